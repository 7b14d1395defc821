"""Rules behind the number layers: a folded view of the text, tables of units and terms, and one module per family."""
