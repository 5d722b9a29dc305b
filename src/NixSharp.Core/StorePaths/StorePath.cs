using NixSharp.Hashing;

namespace NixSharp.StorePaths;

/// <summary>
/// The path of one store object: <c>STORE-DIRECTORY/HASH-NAME</c>, where the hash part is 32 characters of
/// <see cref="Nix32"/> and the name 1 to 211 characters of <c>[0-9a-zA-Z+-._?=]</c>.
/// Orders by <see cref="BaseName"/>, as Nix does.
/// </summary>
public readonly partial record struct StorePath : IComparable<StorePath>
{
    /// <summary>The number of characters of a hash part.</summary>
    public const int HashPartLength = 32;

    /// <summary>The most characters that a name may have.</summary>
    public const int MaxNameLength = 211;

    private readonly StoreDirectory? _directory;
    private readonly string? _baseName;

    private StorePath(StoreDirectory directory, string baseName)
    {
        _directory = directory;
        _baseName = baseName;
    }

    /// <summary>The logical folder that the path is in.</summary>
    public StoreDirectory Directory => _directory ?? StoreDirectory.Default;

    /// <summary><c>HASH-NAME</c>: the last component of the path.</summary>
    public string BaseName => _baseName ?? "";

    /// <summary>The 32 characters before the name; unique within a store.</summary>
    public ReadOnlySpan<char> HashPart => BaseName.AsSpan(0, Math.Min(HashPartLength, BaseName.Length));

    /// <summary>The name, such as <c>hello-1.0</c>.</summary>
    public string Name => BaseName.Length > HashPartLength ? BaseName[(HashPartLength + 1)..] : "";

    /// <summary>Whether the name ends in <c>.drv</c>.</summary>
    public bool IsDerivation => BaseName.EndsWith(".drv", StringComparison.Ordinal);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(StorePath left, StorePath right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> or equals it.</summary>
    public static bool operator <=(StorePath left, StorePath right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(StorePath left, StorePath right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> or equals it.</summary>
    public static bool operator >=(StorePath left, StorePath right) => left.CompareTo(right) >= 0;

    /// <summary>Whether both are the same path of the same store directory.</summary>
    public bool Equals(StorePath other) => BaseName == other.BaseName && Directory == other.Directory;

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(HashPart);

    /// <inheritdoc/>
    public int CompareTo(StorePath other) => string.CompareOrdinal(BaseName, other.BaseName);

    /// <summary>The whole path, such as <c>/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-hello-1.0</c>.</summary>
    public override string ToString() => $"{Directory.Path}/{BaseName}";
}
