namespace NixSharp.Stores.Protocol;

/// <summary>The rules of Nix's worker protocol: numbers are 8 bytes, little-endian; strings are padded with zeros to a multiple of 8.</summary>
internal static class WireFormat
{
    public const int WordSize = 8;

    /// <summary>The most bytes of a string that has no narrower limit, such as a line of a log or an error.</summary>
    public const int MaxString = 16 * 1024 * 1024;

    /// <summary>The most bytes of a name, a path, a signature.</summary>
    public const int MaxName = 64 * 1024;

    /// <summary>The most items of a list.</summary>
    public const int MaxItems = 4 * 1024 * 1024;

    /// <summary>The most bytes of one frame that are sent.</summary>
    public const int FrameSize = 128 * 1024;

    /// <summary>What a client says first: <c>cxin</c>.</summary>
    public const ulong ClientMagic = 0x6e697863;

    /// <summary>What a daemon answers: <c>oixd</c>.</summary>
    public const ulong DaemonMagic = 0x6478696f;

    public static NixFormatException Invalid(string why, long? offset) => new(
        NixErrorCodes.DaemonProtocol,
        $"What came over the connection is not Nix's worker protocol: {why}. Check that both ends speak it, and that nothing else writes to the connection.",
        offset);
}
