"""Files: networks and tensors, checked byte by byte, written whole or not at all."""
