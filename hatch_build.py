"""What a wheel carries that is not in the checkout: the catalogues of the languages as gettext reads them."""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Makes the `.mo` files, and takes them in although git ignores them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        sys.path.insert(0, self.root)
        from trafficlight.text.catalogues import LOCALES, compiled  # noqa: PLC0415 - found only now

        for po in LOCALES.glob("*.po"):
            compiled(po)
        build_data["artifacts"].append("/trafficlight/text/locale/*.mo")
