"""Everything about a run: trained here or elsewhere, steered, recorded, resumed."""
