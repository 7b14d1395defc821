"""Form widgets for which browsers have a good native control; phones then show their own picker."""

from django import forms


class Date(forms.DateInput):
    """A day, through the browser's calendar."""

    input_type = "date"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Month(forms.TextInput):
    """A month, 2026-11."""

    input_type = "month"


class Phone(forms.TextInput):
    """A telephone number: phones show the number pad."""

    input_type = "tel"


class Figure(forms.TextInput):
    """A number as text, right-aligned. A native number field loses what was typed and scrolls the value away."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class Upload(forms.ClearableFileInput):
    """A file with the drop area and the progress bar of the upload part."""

    template_name = "ui/forms/upload_widget.html"


class Suggest(forms.TextInput):
    """A key typed with help: the server offers what fits as one types. ``url`` is set by the form that knows it."""

    template_name = "ui/forms/suggest_widget.html"
    url = ""

    def get_context(self, name: str, value: object, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["url"] = self.url
        return context
