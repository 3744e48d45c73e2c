"""What a network sees, at random."""

import numpy as np

from melodyrnn.models.bar_columns import kinds


def rows_for(config, codes, *shape):
    """Indices of that shape; where the network looks back, with columns beside each."""
    random = np.random.default_rng(0)
    if config.spec.lookback:
        columns = kinds(codes)
        return random.integers(0, columns, (*shape, len(columns)), dtype=np.int32)
    return random.integers(0, codes, shape, dtype=np.int32)
