"""What is known of a document besides its text, and where that stands.

sidecar      `sources.toml` beside the files
infer        what a text tells of itself
corrections  what a user knows better
described    all of it in plain types
"""
