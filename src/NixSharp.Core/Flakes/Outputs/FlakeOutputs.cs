using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Flakes.Outputs;

/// <summary>Finds the derivations of a flake by running <c>nix</c>.</summary>
public static class FlakeOutputs
{
    // What is one derivation becomes data; sets that hold derivations deeper down are walked through.
    private const string Describe =
        """
        let
          plain = builtins.unsafeDiscardStringContext;
          describe = value: {
            type = "derivation";
            name = value.name;
            system = value.system;
            drvPath = plain value.drvPath;
            outputs = builtins.listToAttrs (map (name: { inherit name; value = plain value.${name}.outPath; }) (value.outputs or [ "out" ]));
          };
          walk = value:
            if !builtins.isAttrs value then null
            else if (value.type or "") == "derivation" then describe value
            else builtins.mapAttrs (_: walk) value;
        in walk
        """;

    /// <summary>
    /// Lists outputs by their names alone, which evaluates little: for a matrix of jobs.
    /// </summary>
    /// <exception cref="NixCommandException">The flake cannot be evaluated.</exception>
    public static async Task<IReadOnlyList<FlakeOutputName>> ListAsync(NixClient client, string flake, FlakeOutputsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(flake);
        options ??= FlakeOutputsOptions.Default;
        var names = new List<FlakeOutputName>();
        foreach (var section in options.Sections)
        {
            var json = await client.TryEvalAsync($"{flake}#{section}", "builtins.mapAttrs (_: builtins.attrNames)", cancellationToken).ConfigureAwait(false);
            names.AddRange(NixJson.Read($"nix eval {flake}#{section}", () => ReadNames(json, section, options).ToList()));
        }

        return [.. names.OrderBy(static name => name.Attribute, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Evaluates outputs to derivations, all at once; where that fails, one by one, so that each failure is told and the
    /// others are there all the same.
    /// </summary>
    /// <exception cref="NixCommandException">The flake itself cannot be evaluated.</exception>
    public static async Task<FlakeEvaluation> EvaluateAsync(NixClient client, string flake, FlakeOutputsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(flake);
        options ??= FlakeOutputsOptions.Default;
        var names = await ListAsync(client, flake, options, cancellationToken).ConfigureAwait(false);
        var outputs = new List<FlakeOutput>();
        var failures = new List<FlakeOutputFailure>();
        foreach (var group in names.GroupBy(static name => (name.Section, name.System)))
        {
            var attribute = new FlakeOutputName(group.Key.Section, group.Key.System, null).Attribute;
            try
            {
                outputs.AddRange(await DescribeAsync(client, flake, attribute, cancellationToken).ConfigureAwait(false));
            }
            catch (NixCommandException error) when (error.Code == NixErrorCodes.FlakeFailed)
            {
                await EvaluateEachAsync(client, flake, [.. group], options, outputs, failures, cancellationToken).ConfigureAwait(false);
            }
        }

        return new FlakeEvaluation
        {
            Flake = flake,
            Outputs = [.. outputs.OrderBy(static output => output.Attribute, StringComparer.Ordinal)],
            Failures = [.. failures.OrderBy(static failure => failure.Attribute, StringComparer.Ordinal)],
        };
    }

    private static Task EvaluateEachAsync(
        NixClient client,
        string flake,
        IReadOnlyList<FlakeOutputName> names,
        FlakeOutputsOptions options,
        List<FlakeOutput> outputs,
        List<FlakeOutputFailure> failures,
        CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = cancellationToken }, async (name, token) =>
        {
            try
            {
                var found = await DescribeAsync(client, flake, name.Attribute, token).ConfigureAwait(false);
                lock (outputs)
                {
                    outputs.AddRange(found);
                }
            }
            catch (NixCommandException error)
            {
                lock (failures)
                {
                    failures.Add(new FlakeOutputFailure(name.Attribute, error));
                }
            }
        });

    private static async Task<IReadOnlyList<FlakeOutput>> DescribeAsync(NixClient client, string flake, string attribute, CancellationToken cancellationToken)
    {
        var json = await client.EvalAsync($"{flake}#{attribute}", Describe, cancellationToken).ConfigureAwait(false);
        return NixJson.Read($"nix eval {flake}#{attribute}", () =>
        {
            var outputs = new List<FlakeOutput>();
            Collect(json, attribute, client.StoreDirectory, outputs);
            return outputs;
        });
    }

    private static IEnumerable<FlakeOutputName> ReadNames(JToken? json, string section, FlakeOutputsOptions options) =>
        from system in json is null ? [] : JsonNodes.Expect<JObject>(json, section).Properties()
        where options.Systems.Count == 0 || options.Systems.Contains(system.Name)
        from name in JsonNodes.Items(system.Value, "a list of names")
        select new FlakeOutputName(section, system.Name, JsonNodes.Text(name, "a name"));

    private static void Collect(JToken json, string attribute, StoreDirectory directory, List<FlakeOutput> outputs)
    {
        if (json is not JObject value)
        {
            return;
        }

        if (value["type"] is JValue { Value: "derivation" })
        {
            outputs.Add(Read(value, attribute, directory));
            return;
        }

        foreach (var property in value.Properties())
        {
            Collect(property.Value, $"{attribute}.{FlakeOutputName.Quote(property.Name)}", directory, outputs);
        }
    }

    private static FlakeOutput Read(JObject json, string attribute, StoreDirectory directory) => new()
    {
        Attribute = attribute,
        Name = JsonNodes.Text(json["name"], "a name"),
        System = JsonNodes.Text(json["system"], "a system"),
        DerivationPath = JsonNodes.ReadPath(json["drvPath"], directory),

        // The path of a floating output is a placeholder until it is built.
        Outputs = JsonNodes.Expect<JObject>(json["outputs"], "outputs").Properties().ToDictionary(
            static output => output.Name,
            output => StorePath.TryParse(JsonNodes.Text(output.Value, "a path"), directory, out var path) ? path : default(StorePath?)),
    };
}
