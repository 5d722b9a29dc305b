using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>What a driver measures.</summary>
internal sealed class DriverMetrics
{
    private readonly List<IMetric> _all = [];

    public DriverMetrics()
    {
        Calls = Add(new Histogram("nixsharp_csi_call_seconds", "How long calls took.", "method", "status"));
        Publishing = Add(new Histogram("nixsharp_csi_publish_seconds", "How long it took from the request to the mounted volume, for volumes that were new.", "from"));
        Realising = Add(new Histogram("nixsharp_csi_realise_seconds", "How long it took until what a volume is made of was in the store.", "from"));
        Realised = Add(new Counter("nixsharp_csi_realisations_total", "What volumes are made of, by where it came from: the store, a substituter, or Nix.", "from"));
        Failures = Add(new Counter("nixsharp_csi_failures_total", "Calls that failed, by the code of the error.", "code"));
        Files = Add(new Counter("nixsharp_csi_files_total", "Files in volumes, by how they came there: linked, cloned or copied.", "how"));
        VolumeBytes = Add(new Counter("nixsharp_csi_volume_bytes_total", "The sizes of the closures that volumes were made of."));
        CopiedBytes = Add(new Counter("nixsharp_csi_copied_bytes_total", "Bytes that were copied because they could not be shared."));
        Unpublished = Add(new Counter("nixsharp_csi_unpublished_total", "Volumes that were unmounted."));
        Uploads = Add(new Counter("nixsharp_csi_uploads_total", "Attempts to push what was built here to the cache, by what became of them.", "state"));
        UploadedBytes = Add(new Counter("nixsharp_csi_uploaded_bytes_total", "Bytes of NARs that were pushed."));
        CollectedBytes = Add(new Counter("nixsharp_csi_collected_bytes_total", "Bytes that were freed in the store."));
    }

    public Histogram Calls { get; }

    public Histogram Publishing { get; }

    public Histogram Realising { get; }

    public Counter Realised { get; }

    public Counter Failures { get; }

    public Counter Files { get; }

    public Counter VolumeBytes { get; }

    public Counter CopiedBytes { get; }

    public Counter Unpublished { get; }

    public Counter Uploads { get; }

    public Counter UploadedBytes { get; }

    public Counter CollectedBytes { get; }

    public T Add<T>(T metric)
        where T : IMetric
    {
        lock (_all)
        {
            _all.Add(metric);
        }

        return metric;
    }

    /// <summary>All that was measured, in the text format of Prometheus.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (_all)
        {
            _all.ForEach(metric => metric.Write(text));
        }

        return text.ToString();
    }
}
