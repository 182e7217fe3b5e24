"""Every kind of channel there is; a new one is a module and a line here. Apprise is imported when one is opened."""

from functools import cache

from hotdash.notifications.channels.contract import ChannelError, ChannelSpec


@cache
def channel_kinds() -> dict[str, ChannelSpec]:
    from hotdash.notifications.channels import email, file, pagerduty, slack, webhook

    specs = (slack.SPEC, pagerduty.SPEC, email.SPEC, webhook.SPEC, file.SPEC)
    return {spec.kind: spec for spec in specs}


def channel_kind(kind: str) -> ChannelSpec:
    kinds = channel_kinds()
    if kind not in kinds:
        raise ChannelError(
            f"There is no kind of channel {kind!r}.", hint=f"Use {', '.join(kinds)}.", field="kind"
        )
    return kinds[kind]
