namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A daemon that cannot be reached: no socket, nobody behind it, or no permission.</summary>
    public const string DaemonUnreachable = "NIXS2080";

    /// <summary>A connection to a daemon that ended while it was in use.</summary>
    public const string DaemonConnectionLost = "NIXS2081";

    /// <summary>Bytes on a connection that are not Nix's worker protocol, or more of them than there may be.</summary>
    public const string DaemonProtocol = "NIXS2082";

    /// <summary>A daemon or client whose version of the protocol cannot do what was asked.</summary>
    public const string DaemonTooOld = "NIXS2083";

    /// <summary>A daemon that could not do what it was asked, for a reason of its own.</summary>
    public const string DaemonFailed = "NIXS2084";

    /// <summary><c>ssh</c>, or the program that it runs on the other machine, could not be started.</summary>
    public const string SshFailed = "NIXS2085";
}
