# A message centre by Debian's libnet-smpp-perl: prints its port and what it understood, one JSON object a line.
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34) or die "no socket: $!";
print encode_json({ port => $listener->sockport }), "\n";
my $link = $listener->accept or die "nobody came: $!";
$link->set_version(0x34);
my $taken = 0;
while (my $pdu = $link->read_pdu) {
  my $cmd = $pdu->{cmd};
  if ($cmd == 0x00000009) {
    print encode_json({ bind => { map { $_ => $pdu->{$_} } qw(system_id password system_type) } }), "\n";
    $link->bind_transceiver_resp(system_id => 'perl', seq => $pdu->{seq}, status => 0);
  } elsif ($cmd == 0x00000004) {
    $taken++;
    my %said = map { $_ => $pdu->{$_} } qw(source_addr source_addr_ton destination_addr dest_addr_ton
      esm_class data_coding registered_delivery validity_period);
    $said{message} = unpack('H*', $pdu->{short_message});
    $said{reference} = unpack('H*', $pdu->{user_message_reference});
    print encode_json({ submit => \%said }), "\n";
    $link->submit_sm_resp(message_id => "perl-$taken", seq => $pdu->{seq}, status => 0);
    $link->deliver_sm(
      async => 1, seq => 1000 + $taken, source_addr => $pdu->{destination_addr}, source_addr_ton => 1,
      source_addr_npi => 1, destination_addr => $pdu->{source_addr}, esm_class => 4, receipted_message_id => "perl-$taken\0",
      message_state => "\2", short_message => "id:perl-$taken sub:001 dlvrd:001 stat:DELIVRD err:000 text:");
    $link->deliver_sm(
      async => 1, seq => 2000 + $taken, source_addr => $pdu->{destination_addr}, source_addr_ton => 1,
      source_addr_npi => 1, destination_addr => $pdu->{source_addr}, data_coding => 8,
      short_message => pack('H*', '04340430'));
  } elsif ($cmd == 0x00000015) {
    $link->enquire_link_resp(seq => $pdu->{seq}, status => 0);
  } elsif ($cmd == 0x00000006) {
    $link->unbind_resp(seq => $pdu->{seq}, status => 0);
    last;
  } else {
    print encode_json({ answer => { seq => $pdu->{seq}, status => $pdu->{status} } }), "\n";
  }
}
