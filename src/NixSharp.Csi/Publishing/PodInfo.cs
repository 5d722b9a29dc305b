namespace NixSharp.Csi.Publishing;

/// <summary>The pod that a volume is for, as kubelet tells with <c>podInfoOnMount</c>.</summary>
internal sealed record PodInfo(string? Namespace, string? Name, string? Uid, string? ServiceAccount)
{
    private const string Prefix = "csi.storage.k8s.io/";

    public static PodInfo None { get; } = new(null, null, null, null);

    /// <summary>Reads what kubelet has added to a volume's attributes.</summary>
    public static PodInfo Read(IReadOnlyDictionary<string, string> attributes)
    {
        return new PodInfo(Get("pod.namespace"), Get("pod.name"), Get("pod.uid"), Get("serviceAccount.name"));

        string? Get(string name) => attributes.TryGetValue(Prefix + name, out var value) && value.Length > 0 ? value : null;
    }
}
