using NixSharp.Images;

namespace NixSharp.Registries;

/// <summary>One layer on its way into a repository.</summary>
internal sealed class PlannedLayer(IImageLayer layer)
{
    private LayerDescriptor? _takenOver;

    public IImageLayer Layer => layer;

    /// <summary>What the layer is: made here, remembered here, or taken over.</summary>
    public LayerDescriptor? Descriptor => layer.Descriptor ?? _takenOver;

    /// <summary>Whether an earlier image is known to have the layer.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>Looks for the layer in an earlier image; makes it where that is the only way to know that it is the same.</summary>
    public async Task LookUpAsync(PreviousImage previous, PreviousLayerPolicy policy, CancellationToken cancellationToken)
    {
        if (Descriptor is null && policy != PreviousLayerPolicy.Ignore && layer is TarLayer made && previous.HasIdentities)
        {
            var said = previous.Find(await made.GetIdentityAsync(cancellationToken).ConfigureAwait(false), made.Compression);
            said = said is { DiffId: var diffId } && made.MayBe(diffId) ? said : null;
            if (said is not null && policy == PreviousLayerPolicy.TakeOver && Descriptor is null)
            {
                _takenOver = said;
            }
            else if (said is not null && Descriptor is null)
            {
                await layer.WriteToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            }
        }

        IsPresent |= Descriptor is { Blob.Digest: var digest } && previous.HasLayer(digest);
    }

    /// <summary>Forgets that an earlier image has the layer, so that the registry is asked for it.</summary>
    public void Doubt() => IsPresent = false;

    /// <summary>Forgets what the layer was said to be, because it is not there.</summary>
    public void GiveBack() => _takenOver = null;
}
