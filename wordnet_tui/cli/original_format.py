"""The lines that the original C program prints, byte for byte.

Reference: gingerbig/wordnet src/model.c and src/main.c.
"""

from __future__ import annotations

from wordnet_tui.core.model.trained_network import TrainedNetwork


def model_info_lines(network: TrainedNetwork) -> list[str]:
    """`## Model Info` and its table."""
    settings = network.hyperparameters
    training_rows, validation_rows, test_rows = network.provenance.data_rows
    return [
        "## Model Info",
        f"   Mini-batch size          = {settings.batch_size:8d}",
        f"   Layer 1 Neurons          = {settings.embedding_size:8d}",
        f"   Layer 2 Neurons          = {settings.hidden_size:8d}",
        f"   Training epochs          = {settings.epochs:8d}",
        f"   Early stop @ iteration   = {settings.early_stop_iteration:8d}",
        f"   Momentum                 = {settings.momentum:f}",
        f"   Learning rate            = {settings.learning_rate:f}",
        f"   Verify per iteration     = {settings.validate_every:8d}",
        f"   Raw training data rows   = {training_rows:8d}",
        f"   Raw validation data rows = {validation_rows:8d}",
        f"   Raw test data rows       = {test_rows:8d}",
        f"   Raw data columns         = {settings.context_size + 1:8d}",
        f"   Input dimension          = {settings.context_size:8d}",
        f"   Vocabulary size          = {settings.vocabulary_size:8d}",
    ]
