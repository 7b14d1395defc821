"""Makes ``{{ form }}`` and ``{{ field.as_field_group }}`` look like the rest of the product: set as ``FORM_RENDERER``."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
