"""The numeric core: data, network, training, files. It knows nothing of any user interface."""
