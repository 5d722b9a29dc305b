namespace NixSharp.Images.Layouts;

/// <summary>Reports how far the writing of one layer is.</summary>
internal static class LayerProgress
{
    public static Action<long>? Of(IWritableLayer layer, IProgress<NixProgress>? progress) => progress is null
        ? null
        : done => progress.Report(new NixProgress("writing", layer.Name, done, Math.Max(done, layer.EstimatedSize)));
}
