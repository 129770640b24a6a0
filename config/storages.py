"""Static files under names that carry the digest of their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the names inside `import` lines of our script."""

    support_js_module_import_aggregation = True
