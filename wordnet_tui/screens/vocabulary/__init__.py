"""Vocabulary: the words, and what the network and the corpus know of them."""
