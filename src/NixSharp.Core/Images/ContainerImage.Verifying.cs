using NixSharp.Images.Contents;

namespace NixSharp.Images;

public sealed partial class ContainerImage
{
    /// <summary>
    /// Reads every layer to its end: that it has the digests which manifest and configuration say, can be unpacked, stays
    /// below the limits, and that nothing in it would get out of the image's root: no <c>..</c>, no entry below a symlink
    /// of the same layer, no hard link to such, no device.
    /// </summary>
    /// <exception cref="ImageException">A layer is damaged, or is not as it may be.</exception>
    public async Task<VerifiedImage> VerifyAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        var (count, size) = (0L, 0L);
        foreach (var layer in WritableLayers)
        {
            if (layer is not TarLayer)
            {
                // Of a layer that lies packed somewhere, the packed bytes have a digest of their own.
                await layer.WriteToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            }

            await LayerEntryReader.ReadAsync(
                layer,
                limits ?? new ImageLimits(),
                (entry, _) =>
                {
                    count++;
                    size += entry.Kind == LayerEntryKind.File ? entry.Entry.Size : 0;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return new VerifiedImage(count, size);
    }
}
