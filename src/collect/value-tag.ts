/** The BER tags of SNMP values (RFC 3416 section 3), as cells of tables and messages carry them. */
export const valueTag = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeticks: 0x43,
  opaque: 0x44,
  nsap: 0x45,
  counter64: 0x46,
  unsigned32: 0x47,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
};
