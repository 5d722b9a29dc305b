using NixSharp.Derivations;
using NixSharp.Disks.Formats;
using NixSharp.Disks.Writing;
using NixSharp.Files;
using NixSharp.Flakes;
using NixSharp.Flakes.References;
using NixSharp.Stores;

namespace NixSharp.GitOps.Nodes;

/// <summary>Builds the disk images of machines: here, by Nix's remote builders, or in a container.</summary>
public static class NodeImage
{
    /// <summary>
    /// Builds an image, finds it among the results by its format, and puts it at a place of your own: decompressed, with
    /// holes for zeros, and there once it is whole.
    /// </summary>
    /// <param name="client">Runs <c>nix</c>; its options name remote builders (<c>builders</c>). A container has its own.</param>
    /// <param name="store">The store that <paramref name="client"/> builds in, whose files are on this machine.</param>
    /// <param name="installable">The image, such as <c>.#web</c>.</param>
    /// <param name="destination">The file, in place of what is there.</param>
    /// <param name="options">The format, and where it is built.</param>
    /// <param name="log">Gets each line that a container prints.</param>
    /// <param name="cancellationToken">Stops the build; no file is left.</param>
    /// <exception cref="Processes.NixProcessException">Nix or the engine is not there, or the build failed.</exception>
    /// <exception cref="GitOpsException">Nothing here runs programs for the machine's system.</exception>
    /// <exception cref="DiskException">There is no image of the format among the results.</exception>
    public static async Task<NodeImageResult> BuildAsync(
        NixClient client,
        IFileSystemStore store,
        string installable,
        string destination,
        NodeImageOptions? options = null,
        IProgress<string>? log = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(installable);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new NodeImageOptions();
        var system = options.System ?? NixSystem.Current;
        if (!options.Format.Supports(system))
        {
            throw new GitOpsException(NixErrorCodes.InvalidNodes, $"The format {options.Format.Name} is not for {system}. Choose another one; see 'nixsharp disk formats'.", installable);
        }

        if (options.Container is { } container)
        {
            return await InContainerAsync(container, installable, system, destination, options, log, cancellationToken).ConfigureAwait(false);
        }

        var built = await client.BuildAsync(installable, cancellationToken: cancellationToken).ConfigureAwait(false);
        var output = built[0].Outputs.TryGetValue("out", out var path) ? path : built[0].Outputs.Values.First();
        return await TakeAsync(store.GetRealPath(output), destination, options, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<NodeImageResult> InContainerAsync(
        NodeContainer container,
        string installable,
        string system,
        string destination,
        NodeImageOptions options,
        IProgress<string>? log,
        CancellationToken cancellationToken)
    {
        Emulation.RefuseIfMissing(system, NixSystem.Current);
        var flake = FlakeInstallable.Parse(installable);
        var folder = flake.Flake.LocalFolder is { } local
            ? Path.GetFullPath(local)
            : throw new GitOpsException(NixErrorCodes.InvalidNodes, $"{installable} is not in a folder of this machine, which a container could see. Clone its repository first.", installable);

        // Beside the image, where there has to be room for it anyway.
        var output = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(destination))!, $".nixsharp-image-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(output);
            await container.Build(folder, flake.Flake.Directory, flake.Fragment.Length > 0 ? flake.Fragment : "default", system, output, log).RunAsync(cancellationToken).ConfigureAwait(false);
            return await TakeAsync(Path.Combine(output, "result"), destination, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(destination, error);
        }
        finally
        {
            FileTree.Delete(output, CancellationToken.None);
        }
    }

    private static async Task<NodeImageResult> TakeAsync(string result, string destination, NodeImageOptions options, CancellationToken cancellationToken)
    {
        var image = ImageFormats.FindResult(options.Format, result);
        var made = await ImageDecompressor.DecompressAsync(
            image,
            destination,
            new DecompressOptions { Progress = options.Progress },
            cancellationToken).ConfigureAwait(false);
        return new NodeImageResult(Path.GetFullPath(destination), image, made.Size, made.DataSize, made.Hash!.Value);
    }
}
