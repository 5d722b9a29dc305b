namespace NixSharp.Hashing;

/// <summary>Nix's way to shorten a digest: byte <c>i</c> is folded by exclusive or into byte <c>i</c> modulo the new size.</summary>
public static class HashCompression
{
    /// <summary>Folds <paramref name="digest"/> into all of <paramref name="destination"/>.</summary>
    public static void Fold(ReadOnlySpan<byte> digest, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfZero(destination.Length);
        destination.Clear();
        for (var i = 0; i < digest.Length; i++)
        {
            destination[i % destination.Length] ^= digest[i];
        }
    }
}
