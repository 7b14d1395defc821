"""The visual language: page frames, form and table parts, charts, icons. No models, no knowledge of other packages."""
