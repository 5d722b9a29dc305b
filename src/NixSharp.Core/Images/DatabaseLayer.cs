using System.Text;
using NixSharp.Closures;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Tar;
using NixSharp.Stores;
using NixSharp.Stores.Database;

namespace NixSharp.Images;

/// <summary>The layer with Nix's database of the store paths in the image, which a Nix in a container needs to use them.</summary>
internal sealed class DatabaseLayer : TarLayer
{
    private const string State = "nix/var/nix";

    private readonly Closure _closure;

    public DatabaseLayer(Closure closure, ImageOptions options)
        : base(options.Compression, options.Cache, null)
    {
        _closure = closure;
        EstimatedSize = 64 * 1024 + (closure.Paths.Count * 1024L);
    }

    public override string Name => "the database of the store";

    public override long EstimatedSize { get; }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nixsharp-");
        try
        {
            var layout = new StoreLayout(folder.FullName, _closure.Store.StoreDirectory);
            using (var database = StoreDatabase.OpenOrCreate(layout.Database, layout.Directory))
            {
                // When paths were registered on this machine would make the layer another one on each.
                database.Register(
                    [.. _closure.Paths.Select(static info => info with { RegistrationTime = DateTimeOffset.UnixEpoch.AddSeconds(TarHeader.Time) })],
                    _closure.Store is LocalStore local ? local.QueryKnownOutputs : null);
            }

            Write(new TarWriter(output), layout, cancellationToken);
        }
        finally
        {
            FileTree.Delete(folder.FullName, CancellationToken.None);
        }
    }

    private void Write(TarWriter tar, StoreLayout layout, CancellationToken cancellationToken)
    {
        foreach (var parent in (string[])["nix", "nix/var", State])
        {
            tar.AddDirectory(Encoding.UTF8.GetBytes(parent), new TarAttributes(TarModes.Parent));
        }

        tar.Begin(Encoding.UTF8.GetBytes($"{State}/db"), TarModes.Default);
        FileTree.Read(layout.Database, tar, cancellationToken);
        tar.AddDirectory(Encoding.UTF8.GetBytes($"{State}/gcroots"), new TarAttributes(TarModes.Parent));
        tar.AddDirectory(Encoding.UTF8.GetBytes($"{State}/gcroots/image"), new TarAttributes(TarModes.Parent));
        foreach (var root in _closure.Roots)
        {
            tar.Begin(Encoding.UTF8.GetBytes($"{State}/gcroots/image/{root.BaseName}"), TarModes.Default);
            tar.AddSymlink([], Encoding.UTF8.GetBytes(root.ToString()));
        }

        foreach (var folder in (string[])["profiles", "temproots"])
        {
            tar.AddDirectory(Encoding.UTF8.GetBytes($"{State}/{folder}"), new TarAttributes(TarModes.Parent));
        }

        tar.Finish();
    }
}
