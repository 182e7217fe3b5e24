"""What is kept of a browser's name: the kind of device, or that it is no person's at all."""

import re

BOT = "bot"
_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|pingdom|monitor|preview|scan|fetch|curl|wget"
    r"|python|java/|go-http|httpclient|okhttp|phantom|selenium|facebookexternalhit|mediapartners"
    r"|bingpreview|feed|validator|archiver|prerender",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.IGNORECASE)
_MOBILE = re.compile(r"mobi|iphone|ipod|android|windows phone", re.IGNORECASE)


def device_of(user_agent: str | None) -> str:
    if not user_agent or _BOT.search(user_agent):
        return BOT
    if _TABLET.search(user_agent):
        return "tablet"
    return "mobile" if _MOBILE.search(user_agent) else "desktop"
