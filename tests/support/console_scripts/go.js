// Goes to an address without a load, as a link does.
(address) => {
  history.pushState(null, "", address);
  window.dispatchEvent(new Event("hostward:navigated"));
}
