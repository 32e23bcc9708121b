/* Whether a field is no longer as the page brought it: what is typed before a behaviour has come counts too. */
export default function written(field) {
  if (["hidden", "submit", "button"].includes(field.type)) return false;
  if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected) && [...field.options].some((each) => each.defaultSelected);
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}
