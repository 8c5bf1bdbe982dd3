"""From any source to windows of D + 1 word ids."""
