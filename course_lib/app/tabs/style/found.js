// What the server answers arrives here, and is told to the labs, which write what is asked into values of their own.
watch('value', () => {
  if (typeof props.value === 'string' && props.value) window.dispatchEvent(new CustomEvent('style-found', {detail: JSON.parse(props.value)}));
});
