using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

/// <summary>What a daemon says of itself.</summary>
/// <param name="Version">The version of the protocol that both sides speak.</param>
/// <param name="Program">The version of the program, such as <c>2.26.3</c>, which daemons say since 1.33.</param>
/// <param name="IsTrusted">Whether it trusts this user; null where it does not say, as before 1.35.</param>
public sealed record DaemonInfo(ProtocolVersion Version, string? Program, bool? IsTrusted);
