namespace NixSharp.Volumes;

public sealed partial class VolumePool
{
    /// <summary>Lists the leases, the oldest first.</summary>
    public Task<IReadOnlyList<VolumeLease>> ListLeasesAsync(CancellationToken cancellationToken = default) =>
        VolumeGuard.RunAsync(Folder, "listed", () => Task.FromResult(_leases.List()), cancellationToken);

    /// <summary>
    /// Ends the leases whose volumes are gone and whose grace time is over; the next collection in the store may then
    /// delete what they kept. Meant to be called before each.
    /// </summary>
    /// <returns>How many leases ended.</returns>
    public Task<int> CollectLeasesAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync(
        Folder,
        "tidied",
        () =>
        {
            ReleaseAbandoned();
            return Task.FromResult(_leases.Collect(_options.LeaseGrace, cancellationToken));
        },
        cancellationToken);

    /// <summary>Begins the grace time of leases whose volumes were never finished, or are gone, because a process was killed.</summary>
    private void ReleaseAbandoned()
    {
        foreach (var name in _leases.ListHeld().Where(name => !Directory.Exists(_layout.VolumeOf(name))))
        {
            if (_layout.PlaceOf(name).TryLock() is not { } held)
            {
                continue;
            }

            try
            {
                if (!Directory.Exists(_layout.VolumeOf(name)))
                {
                    _leases.Release(name);
                }
            }
            finally
            {
                held.DeleteAndDispose();
            }
        }
    }
}
