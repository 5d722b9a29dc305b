using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Delivery;

/// <summary>Makes the images of one closure for several platforms.</summary>
public static class PlatformImages
{
    /// <summary>Describes an image for each platform, each on the base for that platform. Disposing an image closes its base.</summary>
    /// <param name="closure">What is in all of them.</param>
    /// <param name="options">How they are made, but for the base.</param>
    /// <param name="platforms">What they are for; none stands for the one in <paramref name="options"/>.</param>
    /// <param name="baseSource">Where the base is, in a registry or on disk; null has none.</param>
    /// <param name="registry">The registry that is pushed to; null where none is.</param>
    /// <param name="delivery">How that registry is talked to, which holds for a base in it too.</param>
    /// <param name="cancellationToken">Stops the opening of bases.</param>
    /// <exception cref="RegistryException">A base is in no registry that can be reached or allows it.</exception>
    /// <exception cref="ImageException">An option is wrong, or a base is damaged or for other platforms.</exception>
    public static async Task<IReadOnlyList<ContainerImage>> MakeAsync(
        Closure closure,
        ImageOptions options,
        IReadOnlyList<OciPlatform> platforms,
        string? baseSource,
        string? registry,
        RegistryOptions delivery,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(platforms);
        var images = new List<ContainerImage>();
        try
        {
            foreach (var platform in platforms.Count == 0 ? [new OciPlatform(options.OperatingSystem, options.Architecture, options.Variant)] : platforms)
            {
                var own = options with { OperatingSystem = platform.OperatingSystem, Architecture = platform.Architecture, Variant = platform.Variant };
                images.Add(baseSource is null
                    ? ContainerImage.FromClosure(closure, own)
                    : Stack(closure, own, await BaseImages.OpenAsync(baseSource, registry, delivery, platform, cancellationToken).ConfigureAwait(false)));
            }

            return images;
        }
        catch
        {
            images.ForEach(static image => image.Dispose());
            throw;
        }
    }

    private static ContainerImage Stack(Closure closure, ImageOptions options, ContainerImage below)
    {
        try
        {
            return ContainerImage.FromClosure(closure, options with { Base = below, OwnsBase = true });
        }
        catch
        {
            below.Dispose();
            throw;
        }
    }
}
