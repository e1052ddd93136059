"""The form of an upload."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, SelectField

from forum.core.i18n import lazy
from forum.imports.actions import Upload
from forum.web.forms import Form


class UploadForm(Form):
    main_field = "file"
    format = RadioField(
        lazy("Where the file comes from"),
        choices=[
            SelectChoice("blogger", lazy("Blogger: the Atom export of a blog")),
            SelectChoice("wordpress", lazy("WordPress: the XML file of Tools, Export (WXR)")),
        ],
        default="blogger",
    )
    file = FileField(lazy("File"), validators=[FileRequired(lazy("Please choose a file."))])
    space = SelectField(lazy("Into which space"))
    is_dry = BooleanField(lazy("Only say what would happen"))

    def to_draft(self, space_id: int) -> Upload:
        return Upload(
            format=self.format.data,
            space_id=space_id,
            filename=self.file.data.filename or "",
            data=self.file.data.read(),
            is_dry=bool(self.is_dry.data),
        )
