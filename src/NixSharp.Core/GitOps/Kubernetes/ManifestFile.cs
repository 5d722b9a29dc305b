namespace NixSharp.GitOps.Kubernetes;

/// <summary>A file of objects, as <c>kubectl apply</c> and <c>kustomize</c> take it.</summary>
/// <param name="Name">The file's name, such as <c>node.yaml</c>.</param>
/// <param name="Objects">The objects in it.</param>
public sealed record ManifestFile(string Name, IReadOnlyList<KubernetesObject> Objects)
{
    /// <summary>The file's text.</summary>
    public string ToYaml() => KubernetesYaml.Write(Objects);
}
