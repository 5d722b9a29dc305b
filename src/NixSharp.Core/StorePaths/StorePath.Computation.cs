using System.Buffers;
using System.Text;
using NixSharp.Hashing;

namespace NixSharp.StorePaths;

public readonly partial record struct StorePath
{
    /// <summary>Computes the path of a content-addressed object.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="address">What it is made from.</param>
    /// <param name="references">What it refers to, without itself. Only text and recursive SHA-256 may refer to anything.</param>
    /// <param name="refersToItself">Whether it refers to itself; recursive SHA-256 only.</param>
    /// <param name="directory">The store directory, <c>/nix/store</c> unless given.</param>
    /// <exception cref="NixFormatException">The name cannot be one, or the address allows no references.</exception>
    public static StorePath FromContentAddress(
        string name,
        ContentAddress address,
        IEnumerable<StorePath>? references = null,
        bool refersToItself = false,
        StoreDirectory? directory = null)
    {
        directory ??= StoreDirectory.Default;
        IReadOnlyList<StorePath> sorted = references is null ? [] : [.. references.Distinct().Order()];
        if (address.IsText && !refersToItself)
        {
            return Make("text", address.Hash, name, directory, sorted);
        }

        if (!address.IsText && address.Method == FileIngestionMethod.Recursive && address.Hash.Algorithm == NixHashAlgorithm.Sha256)
        {
            return Make("source", address.Hash, name, directory, sorted, refersToItself);
        }

        if (sorted.Count > 0 || refersToItself)
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidContentAddress,
                $"'{name}' is addressed by {address}, which leaves no room for its references{(refersToItself ? " to itself" : "")}. Add it recursively with sha256 instead.");
        }

        if (address.Method == FileIngestionMethod.Git && address.Hash.Algorithm is not (NixHashAlgorithm.Sha1 or NixHashAlgorithm.Sha256))
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidContentAddress,
                $"'{name}' is addressed by {address}, but Git hashes with sha1 or sha256 only. Choose one of those.");
        }

        var inner = Encoding.UTF8.GetBytes($"fixed:out:{address.AddressMethod.GetPrefix()}{address.Hash.ToString(HashFormat.Base16)}:");
        return Make("output:out", NixHash.Compute(NixHashAlgorithm.Sha256, inner), name, directory);
    }

    /// <summary>Computes the path of a derivation's input-addressed output.</summary>
    /// <param name="derivationName">The derivation's name, without <c>.drv</c>.</param>
    /// <param name="outputName">The output, such as <c>out</c>, which adds nothing to the name, or <c>dev</c>.</param>
    /// <param name="derivationHash">The derivation's hash modulo fixed outputs.</param>
    /// <param name="directory">The store directory, <c>/nix/store</c> unless given.</param>
    public static StorePath FromDerivationOutput(
        string derivationName,
        string outputName,
        NixHash derivationHash,
        StoreDirectory? directory = null)
    {
        var name = outputName == "out" ? derivationName : $"{derivationName}-{outputName}";
        return Make($"output:{outputName}", derivationHash, name, directory ?? StoreDirectory.Default);
    }

    /// <summary>The path at which an output is built whose own path is not known yet; the same as Nix takes.</summary>
    internal static StorePath ForScratch(StorePath derivation, string name, string outputName) => Make(
        $"rewrite:{derivation.BaseName}:name:{outputName}",
        new NixHash(NixHashAlgorithm.Sha256, new byte[32]),
        name,
        derivation.Directory);

    private static StorePath Make(
        string type,
        NixHash hash,
        string name,
        StoreDirectory directory,
        IReadOnlyList<StorePath>? references = null,
        bool refersToItself = false)
    {
        CheckName(name);
        references ??= [];
        var size = 3 * (type.Length + hash.Digest.Length + directory.Path.Length + name.Length + 32);
        foreach (var reference in references)
        {
            size += (3 * reference.Directory.Path.Length) + reference.BaseName.Length + 2;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            // TYPE[:REFERENCE...][:self]:ALGORITHM:HASH:DIRECTORY:NAME
            var length = Append(buffer, 0, type);
            foreach (var reference in references)
            {
                length = Append(buffer, length, ":");
                length = Append(buffer, length, reference.Directory.Path);
                length = Append(buffer, length, "/");
                length = Append(buffer, length, reference.BaseName);
            }

            length = Append(buffer, length, refersToItself ? ":self:" : ":");
            length = Append(buffer, length, hash.Algorithm.GetName());
            length = Append(buffer, length, ":");
            Convert.TryToHexStringLower(hash.Digest, buffer.AsSpan(length), out var digits);
            length = Append(buffer, length + digits, ":");
            length = Append(buffer, length, directory.Path);
            length = Append(buffer, length, ":");
            length = Append(buffer, length, name);
            Span<byte> compressed = stackalloc byte[20];
            HashCompression.Fold(NixHash.Compute(NixHashAlgorithm.Sha256, buffer.AsSpan(0, length)).Digest, compressed);
            return new StorePath(directory, $"{Nix32.Encode(compressed)}-{name}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Append(byte[] buffer, int at, string text) => at + Encoding.UTF8.GetBytes(text, buffer.AsSpan(at));
}
