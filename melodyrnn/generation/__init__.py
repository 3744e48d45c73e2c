"""Drawing indices from a predictor, under constraints."""
