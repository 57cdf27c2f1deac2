// What the server answers arrives here, and is told to lab.js, which writes what is asked into a value of its own.
watch('value', () => {
  if (typeof props.value === 'string' && props.value) window.dispatchEvent(new CustomEvent('superres-found', {detail: JSON.parse(props.value)}));
});
