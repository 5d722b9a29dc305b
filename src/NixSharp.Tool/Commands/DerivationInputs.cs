using System.CommandLine;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary>The derivations that a command line names: in a store, which is opened once it is needed, or in files.</summary>
internal sealed class DerivationInputs(ParseResult parsed) : IAsyncDisposable
{
    private INixStore? _store;

    public async Task<INixStore> OpenStoreAsync(CancellationToken cancellationToken) =>
        _store ??= await parsed.OpenStoreAsync(cancellationToken);

    public async Task<IReadOnlyList<(StorePath Path, Derivation Derivation)>> ReadAllAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var derivations = new List<(StorePath, Derivation)>();
        foreach (var name in names)
        {
            if (File.Exists(name))
            {
                var derivation = ParseFile(name, await ReadFileAsync(name, cancellationToken));
                derivations.Add((derivation.ComputePath(), derivation));
            }
            else
            {
                var store = await OpenStoreAsync(cancellationToken);
                var path = StorePath.Parse(name, store.StoreDirectory);
                derivations.Add((path, await store.ReadDerivationAsync(path, cancellationToken)));
            }
        }

        return derivations;
    }

    /// <summary>The graph of derivations, those in files joined to those in the store.</summary>
    public async Task<DerivationGraph> LoadAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var roots = await ReadAllAsync(names, cancellationToken);
        var all = roots.DistinctBy(static root => root.Path).ToDictionary(static root => root.Path, static root => root.Derivation);
        if (roots.SelectMany(static root => root.Derivation.InputDerivations.Keys).ToHashSet() is { Count: > 0 } needed)
        {
            var graph = await (await OpenStoreAsync(cancellationToken)).LoadDerivationsAsync([.. needed.Where(path => !all.ContainsKey(path))], cancellationToken);
            foreach (var path in graph.Paths)
            {
                all.TryAdd(path, graph[path]);
            }
        }

        return new DerivationGraph(all, [.. roots.Select(static root => root.Path)]);
    }

    public async Task CheckAsync(StorePath path, Derivation derivation, CancellationToken cancellationToken)
    {
        var all = new Dictionary<StorePath, Derivation> { [path] = derivation };
        if (derivation.InputDerivations.Count > 0)
        {
            var graph = await (await OpenStoreAsync(cancellationToken)).LoadDerivationsAsync([.. derivation.InputDerivations.Keys], cancellationToken);
            foreach (var needed in graph.Paths)
            {
                all[needed] = graph[needed];
            }
        }

        new DerivationGraph(all, [path]).Check(cancellationToken);
    }

    public async Task<IReadOnlyList<StorePath>> AddAsync(string file, string? name, CancellationToken cancellationToken)
    {
        var bytes = await ReadFileAsync(file, cancellationToken);
        var store = await OpenStoreAsync(cancellationToken);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return await AddJsonAsync(store, ByteText.FromBytes(bytes), name ?? NameOf(file), cancellationToken);
        }

        return [await store.AddDerivationAsync(ParseFile(file, bytes), cancellationToken)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<StorePath>> AddJsonAsync(INixStore store, string text, string name, CancellationToken cancellationToken)
    {
        var derivations = DerivationJson.Parse(text, name, store.StoreDirectory);
        var outside = derivations.Values.SelectMany(static derivation => derivation.InputDerivations.Keys).Where(path => !derivations.ContainsKey(path)).ToHashSet();
        var present = await store.LoadDerivationsAsync(outside, cancellationToken);
        var all = derivations.ToDictionary();
        foreach (var path in present.Paths)
        {
            all.TryAdd(path, present[path]);
        }

        var hashes = new DerivationHashes(all);
        var added = new List<StorePath>();
        foreach (var path in new DerivationGraph(all, [.. derivations.Keys]).Paths.Where(derivations.ContainsKey))
        {
            var derivation = derivations[path];
            if (derivation.Outputs.Values.Any(static output => output is DerivationOutput.Deferred))
            {
                derivation = DerivationOutputs.Fill(derivation, hashes);
            }

            added.Add(await store.AddDerivationAsync(derivation, cancellationToken));
        }

        return added;
    }

    private static Derivation ParseFile(string file, byte[] bytes)
    {
        try
        {
            return Derivation.Parse(bytes, NameOf(file));
        }
        catch (NixFormatException error)
        {
            throw new NixFormatException(error.Code, $"{file}: {error.Message}", innerException: error);
        }
    }

    /// <summary>The name of the derivation in a file that is called <c>NAME.drv</c> or <c>HASH-NAME.drv</c>.</summary>
    private static string NameOf(string file)
    {
        var name = Path.GetFileName(file);
        name = StorePath.TryParseBaseName(name, null, out var path) ? path.Name : name;
        return name.EndsWith(Derivation.FileExtension, StringComparison.Ordinal) ? name[..^Derivation.FileExtension.Length] : Path.GetFileNameWithoutExtension(name);
    }

    private static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await input.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                if (bytes.Length + count > Derivation.MaxSize)
                {
                    throw new NixFormatException(NixErrorCodes.InvalidDerivation, $"{file} is too large for derivations: more than {Derivation.MaxSize} bytes. Check the path.");
                }

                bytes.Write(buffer, 0, count);
            }

            return bytes.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NixFileException(NixErrorCodes.SourceUnreadable, $"{file} cannot be read: {error.Message}", file, error);
        }
    }
}
