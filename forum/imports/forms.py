"""The form of an upload."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, SelectField

from forum.imports.actions import Upload
from forum.web.forms import Form


class UploadForm(Form):
    main_field = "file"
    format = RadioField(
        "Where the file comes from",
        choices=[
            SelectChoice("blogger", "Blogger: the Atom export of a blog"),
            SelectChoice("wordpress", "WordPress: the XML file of Tools, Export (WXR)"),
        ],
        default="blogger",
    )
    file = FileField("File", validators=[FileRequired("Please choose a file.")])
    space = SelectField("Into which space")
    is_dry = BooleanField("Only say what would happen")

    def to_draft(self, space_id: int) -> Upload:
        return Upload(
            format=self.format.data,
            space_id=space_id,
            filename=self.file.data.filename or "",
            data=self.file.data.read(),
            is_dry=bool(self.is_dry.data),
        )
