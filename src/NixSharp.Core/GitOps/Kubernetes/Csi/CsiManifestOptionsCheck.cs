namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>Refuses options of which a cluster would take no manifest, or of which it would make something else.</summary>
internal static class CsiManifestOptionsCheck
{
    public static void Check(CsiManifestOptions options)
    {
        Require(KubernetesNames.IsDriver(options.DriverName), "driver name", options.DriverName, "give up to 63 lower-case letters, digits, dashes and dots, such as nix.csi.store");
        RequireName("namespace", options.Namespace);
        RequireImage("image", options.Image);
        RequireImage("registrar's image", options.RegistrarImage);
        RequireImage("liveness probe's image", options.LivenessProbeImage);
        RequireFolder("folder of kubelet", options.KubeletFolder);
        RequireFolder("folder of the driver's state", options.StateFolder);
        Require(options.MetricsPort is null or (> 0 and < 65536 and not 9809), "port of metrics", $"{options.MetricsPort}", "give one up to 65535 but 9809, at which the liveness probe listens");
        Require(options.Policy.MaxClosureSize is null or > 0, "largest closure", $"{options.Policy.MaxClosureSize}", "give a number of bytes above 0");
        foreach (var secret in options.ImagePullSecrets.Append(options.SigningKeySecret ?? "key"))
        {
            RequireObject("secret", secret);
        }

        if (options.Cache is { } cache)
        {
            RequireName("cache's name", cache.Name);
        }

        CheckBuilders(options);
    }

    private static void CheckBuilders(CsiManifestOptions options)
    {
        foreach (var builder in options.Builders)
        {
            RequireName("builders' name", builder.ServiceName);
            RequireImage("builders' image", builder.Image);
            Require(builder.Replicas > 0 && builder.MaxJobs > 0, "number of builders or of their jobs", $"{builder.Replicas} and {builder.MaxJobs}", "give numbers above 0");
            Require(builder.System.Length > 0 && builder.System.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), "system", builder.System, "give one such as x86_64-linux");
            Require(builder.SshServer.StartsWith('/'), "path of the SSH server", builder.SshServer, "sshd has to be started by its full path");
            Require(!builder.Command.AsSpan().ContainsAny('\n', '\r'), "builders' command", builder.Command, "give one line");
            RequireObject("secret", builder.HostKeySecret);
            RequireObject("secret", builder.ClientKeySecret);
        }

        // The driver has one key and one list of known hosts for all of them.
        Require(options.Builders.Select(static builder => (builder.HostKeySecret, builder.ClientKeySecret)).Distinct().Count() < 2, "keys of the builders", "several", "use the same secrets for all sets of builders");
        var names = options.Builders.Select(static builder => builder.ServiceName).Append(options.Cache?.Name ?? "").ToList();
        Require(names.Distinct().Count() == names.Count, "names of builders and cache", string.Join(", ", names), "give each its own");
    }

    private static void RequireName(string what, string value) =>
        Require(KubernetesNames.IsLabel(value), what, value, "give up to 63 lower-case letters, digits and dashes");

    private static void RequireObject(string what, string value) =>
        Require(KubernetesNames.IsSubdomain(value), what, value, "give lower-case letters, digits, dashes and dots");

    private static void RequireImage(string what, string value) =>
        Require(value.Length > 0 && !value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)), what, value, "give a reference such as registry.example.org/nixsharp:1.0");

    private static void RequireFolder(string what, string value) =>
        Require(value.StartsWith('/') && value.Length > 1 && !value.EndsWith('/') && !value.Split('/').Skip(1).Any(static part => part is "" or "." or "..") && !value.Any(char.IsControl), what, value, "give an absolute path without a slash at its end");

    private static void Require(bool condition, string what, string value, string advice)
    {
        if (!condition)
        {
            throw ManifestProblem.Options(what, value, advice);
        }
    }
}
