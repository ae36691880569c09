/** Keeps banned addresses out before they reach us, where the machine can: the firewall of the appliance. We refuse them ourselves as well. */
export interface BanEnforcer {
  /** @param address an address, or an IPv6 network of 64 bits such as 2001:db8:0:1::/64 */
  ban(address: string, seconds: number, reason: string): Promise<void>;
  unban(address: string): Promise<void>;
}
