// A message that stands on another page of a long talk: the address turns to the page that has it.
export function turnTo(hash) {
  const address = new URL(location.href);
  address.searchParams.delete("part");
  address.searchParams.set("m", hash.slice(2));
  address.hash = hash;
  location.assign(address);
}

const wanted = /^#m\d+$/.test(location.hash) && !document.getElementById(location.hash.slice(1));
if (wanted && !new URLSearchParams(location.search).has("m")) turnTo(location.hash);
