using System.Globalization;

namespace NixSharp.Stores.Protocol;

/// <summary>A version of Nix's worker protocol, which a daemon and its clients speak.</summary>
/// <param name="Major">Always 1 so far.</param>
/// <param name="Minor">Grows with what the protocol can say.</param>
public readonly record struct ProtocolVersion(int Major, int Minor) : IComparable<ProtocolVersion>
{
    /// <summary>The oldest version that is spoken: that of Nix 2.0.</summary>
    public static ProtocolVersion Oldest { get; } = new(1, 21);

    /// <summary>The newest version that is spoken: that of Nix 2.24 and later.</summary>
    public static ProtocolVersion Newest { get; } = new(1, 38);

    /// <summary>Whether <paramref name="left"/> is older than <paramref name="right"/>.</summary>
    public static bool operator <(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is not newer than <paramref name="right"/>.</summary>
    public static bool operator <=(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is newer than <paramref name="right"/>.</summary>
    public static bool operator >(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not older than <paramref name="right"/>.</summary>
    public static bool operator >=(ProtocolVersion left, ProtocolVersion right) => left.CompareTo(right) >= 0;

    /// <summary>The older of two versions.</summary>
    public static ProtocolVersion Min(ProtocolVersion left, ProtocolVersion right) => left < right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(ProtocolVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary><c>1.38</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Whether version 1.<paramref name="minor"/> can be spoken.</summary>
    internal bool Has(int minor) => this >= new ProtocolVersion(1, minor);

    /// <summary>The number that stands for the version on the wire.</summary>
    internal ulong ToNumber() => ((ulong)Major << 8) | (uint)Minor;

    /// <summary>The version that a number stands for.</summary>
    internal static ProtocolVersion OfNumber(ulong number) => number <= ushort.MaxValue
        ? new ProtocolVersion((int)(number >> 8), (int)(number & 0xFF))
        : throw WireFormat.Invalid("there can be no such version of the protocol", null);
}
