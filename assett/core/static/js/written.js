/* Whether a field is no longer as the page brought it: what is typed before a behaviour has come counts too. */
export default function written(field) {
  if (["hidden", "submit", "button"].includes(field.type)) return false;
  if (field.options) {
    const options = [...field.options];
    const marked = field.multiple || options.some((each) => each.defaultSelected);
    return options.some((each, place) => each.selected !== (marked ? each.defaultSelected : place === 0));
  }
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}
