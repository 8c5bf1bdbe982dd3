"""`python -m wordnet_tui` is the same as `wordnet-tui`."""

from wordnet_tui.cli import main

if __name__ == "__main__":
    main()
