using System.Formats.Tar;
using System.Net;
using NixSharp.Registries.Engines;

namespace NixSharp.Integration.Tests.Registries.Engines;

/// <summary>A Docker daemon on loopback that keeps one archive, and answers as the real one does unless a test has it do otherwise.</summary>
internal sealed class FakeEngine : FakeServer
{
    private const string Id = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

    public EngineAddress Address => EngineAddress.Parse($"tcp://{Host}");

    /// <summary>What is answered to a load.</summary>
    public string Answer { get; init; } =
        """
        {"status":"Loading layer","progressDetail":{"current":32768,"total":65536},"progress":"[=>  ]","id":"1d6b0d2b6f8d"}
        {"stream":"Loaded image: registry.example.org/acme/hello:1.0\n"}

        """;

    /// <summary>What is answered to a question for an image; null answers well.</summary>
    public string? Images { get; init; }

    public bool KeepsNothing { get; init; }

    public byte[] Loaded { get; private set; } = [];

    /// <summary>The names of the files in what was loaded.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            using var tar = new TarReader(new MemoryStream(Loaded));
            var names = new List<string>();
            while (tar.GetNextEntry() is { } entry)
            {
                names.Add(entry.Name);
            }

            return names;
        }
    }

    protected override bool Serve(FakeExchange exchange)
    {
        if (exchange.Request.Method == "GET")
        {
            return Images is { } images ? exchange.Answer(HttpStatusCode.OK, images)
                : Loaded.Length > 0 && !KeepsNothing ? exchange.Answer(HttpStatusCode.OK, $$"""{"Id":"{{Id}}"}""")
                : exchange.Answer(HttpStatusCode.NotFound, """{"message":"No such image"}""");
        }

        Loaded = exchange.ReadBody();
        return exchange.Answer(HttpStatusCode.OK, Answer, ("Content-Type", "application/json"));
    }
}
