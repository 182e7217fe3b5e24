"""A kept file of a packet as an answer: the bytes that were sent, to be saved and not to be run."""

from sqlalchemy.orm import Session
from starlette.responses import Response

from hotdash.reports.packet.files import MEDIA_TYPES, file_name
from hotdash.reports.packet.render.html import style_source
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import Form, packet_file


def packet_answer(session: Session, shop_id: str, week: Week, form: Form) -> Response:
    content = packet_file(session, shop_id, week.name, form)
    name = file_name(shop_id, week.name, form)
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    if form is Form.HTML:
        headers["content-security-policy"] = (
            f"default-src 'none'; style-src {style_source(content)}; sandbox"
        )
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
