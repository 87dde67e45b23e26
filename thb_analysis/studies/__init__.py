"""The notebooks' other half: each study turns tidy tables into sentences, tables and charts, part by part."""
