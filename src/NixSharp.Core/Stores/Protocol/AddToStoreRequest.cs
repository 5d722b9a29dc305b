using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// What <see cref="WorkerOperation.AddToStore"/> says before the bytes that are added. Since 1.25 these come in frames,
/// and the answer is what is known of the new path; before, they come as a NAR without a frame, even of one file, and
/// the answer is the path.
/// </summary>
internal sealed record AddToStoreRequest
{
    public required string Name { get; init; }

    public required ContentAddressMethod Method { get; init; }

    public required NixHashAlgorithm Algorithm { get; init; }

    public IReadOnlyList<StorePath> References { get; init; } = [];

    public bool Repair { get; init; }

    public void Write(WireWriter writer)
    {
        writer.WriteString(Name);
        if (writer.Version.Has(25))
        {
            writer.WriteString(Method == ContentAddressMethod.Text ? $"text:{Algorithm.GetName()}" : $"fixed:{Method.GetPrefix()}{Algorithm.GetName()}");
            writer.WritePaths(References);
            writer.WriteBoolean(Repair);
            return;
        }

        // The first says "as it always was": a NAR, hashed by SHA-256.
        writer.WriteBoolean(!(Method == ContentAddressMethod.Nar && Algorithm == NixHashAlgorithm.Sha256));
        writer.WriteBoolean(Method == ContentAddressMethod.Nar);
        writer.WriteString(Algorithm.GetName());
    }

    public static async ValueTask<AddToStoreRequest> ReadAsync(WireReader reader, CancellationToken cancellationToken)
    {
        var name = await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        if (reader.Version.Has(25))
        {
            var (method, algorithm) = ParseMethod(reader, await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false));
            return new AddToStoreRequest
            {
                Name = name,
                Method = method,
                Algorithm = algorithm,
                References = await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
                Repair = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            };
        }

        var asAlways = !await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        var recursive = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false) || asAlways;
        var named = NixHashAlgorithms.Parse(await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false));
        return new AddToStoreRequest
        {
            Name = name,
            Method = recursive ? ContentAddressMethod.Nar : ContentAddressMethod.Flat,
            Algorithm = asAlways ? NixHashAlgorithm.Sha256 : named,
        };
    }

    private static (ContentAddressMethod Method, NixHashAlgorithm Algorithm) ParseMethod(WireReader reader, string text)
    {
        var rest = text.AsSpan();
        var method = ContentAddressMethod.Text;
        if (rest.StartsWith("fixed:"))
        {
            rest = rest["fixed:".Length..];
            method = ContentAddressMethods.TakePrefix(ref rest);
        }
        else if (rest.StartsWith("text:"))
        {
            rest = rest["text:".Length..];
        }
        else
        {
            throw reader.Invalid($"'{text}' is no way to address contents");
        }

        return (method, NixHashAlgorithms.Parse(rest));
    }
}
