"""Parts of ``make_demo.py``: the invented county 青山县, made from a seed and the texts in ``packs/demo/source``."""
