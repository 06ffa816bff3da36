/** Words of the trade that name kinds of ports, parts and sensors, and nobody's name. */
const words = new Set(
  `ethernet fastethernet gigabitethernet tengigabitethernet tengige tengig twentyfivegige fortygige hundredgige hundredgigabitethernet
  gigabit fast gigaethernet xgigabitethernet ether loopback loop null vlan vlanif vlan-interface bundle bundleether port portchannel channel
  trunk aggregate aggregation link tunnel bridge management mgmt mgmteth serial console internal external virtual template
  dialer wlan radio wireless antenna gpon epon xgspon xgpon adsl vdsl shdsl dslam docsis cable upstream downstream macdomain line
  modem interface module linecard card slot subslot chassis rack frame shelf board backplane container stack unit node cell
  power supply input output fan tray speed temperature temp sensor inlet outlet exhaust ambient intake board voltage current
  battery rectifier load phase mains humidity pressure optical transceiver receive transmit level bias laser signal noise
  ratio margin attenuation memory processor core usage used free total swap disk storage cache buffer buffers physical root
  main control engine routing route supervisor fabric switch router controller clock processor cpu status state health flash
  system software firmware hardware version normal failed present absent active standby primary secondary upper lower left
  right front rear middle hot cold side bank group bus probe digital analog relay door contact alarm water smoke leak
  generic other unknown none enabled disabled online offline minor major critical warning over under high threshold limit
  copper fiber fibre single multi mode long short range base pluggable quad small form factor compact lane wavelength
  amplifier booster preamplifier splitter oscillator multiplexer demultiplexer transponder muxponder client network service
  huawei zte nokia cisco juniper mikrotik eltex bdcom arris casa ericsson fiberhome raisecom ubiquiti routeros logical
  stack entity component device average minute second seconds minutes percent watts volts amps degrees celsius`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

export const isKnownWord = (word: string): boolean => words.has(word.toLowerCase());
