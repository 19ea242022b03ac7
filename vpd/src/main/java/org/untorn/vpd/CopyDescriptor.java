package org.untorn.vpd;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One third-party copy descriptor of {@link ThirdPartyCopy} (SPC-5 7.7, SBC-4 6.6): something that
 * a copy manager can do, and how much of it.
 *
 * <pre>
 *  byte 0-1 [ THIRD-PARTY COPY DESCRIPTOR TYPE           ]
 *       2-3 [ THIRD-PARTY COPY DESCRIPTOR LENGTH (n - 3) ]   a multiple of 4
 *     4 - n [ each record draws its own                  ]
 * </pre>
 */
public sealed interface CopyDescriptor {

  /** Bytes before what a descriptor says. */
  int HEADER_LENGTH = 4;

  /** THIRD-PARTY COPY DESCRIPTOR TYPE. */
  int type();

  /** What follows the header; it is filled up with zeros to a multiple of 4. */
  byte[] body();

  /**
   * Type 0000h, Block Device ROD Token Limits (SBC-4), 36 bytes: what POPULATE TOKEN and WRITE
   * USING TOKEN take.
   *
   * <pre>
   *   4-9   vendor specific
   *  10-11 [ MAXIMUM RANGE DESCRIPTORS    ]
   *  12-15 [ MAXIMUM INACTIVITY TIMEOUT   ]   seconds
   *  16-19 [ DEFAULT INACTIVITY TIMEOUT   ]   seconds
   *  20-27 [ MAXIMUM TOKEN TRANSFER SIZE  ]   blocks
   *  28-35 [ OPTIMAL TRANSFER COUNT       ]   blocks
   * </pre>
   */
  record BlockDeviceRodTokenLimits(
      int maximumRangeDescriptors,
      long maximumInactivityTimeout,
      long defaultInactivityTimeout,
      long maximumTokenTransferSize,
      long optimalTransferCount)
      implements CopyDescriptor {

    private static final int LENGTH = 32;

    @Override
    public int type() {
      return 0x0000;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[LENGTH];
      Field.bytes("MAXIMUM RANGE DESCRIPTORS", 6, 2).put(body, maximumRangeDescriptors);
      Field.bytes("MAXIMUM INACTIVITY TIMEOUT", 8, 4).put(body, maximumInactivityTimeout);
      Field.bytes("DEFAULT INACTIVITY TIMEOUT", 12, 4).put(body, defaultInactivityTimeout);
      Field.bytes("MAXIMUM TOKEN TRANSFER SIZE", 16, 8).put(body, maximumTokenTransferSize);
      Field.bytes("OPTIMAL TRANSFER COUNT", 24, 8).put(body, optimalTransferCount);
      return body;
    }
  }

  /**
   * Type 0001h, Supported Commands: the third-party copy commands that there are.
   *
   * <pre>
   *   4    [ COMMANDS SUPPORTED LIST LENGTH ]
   *   per operation code:
   *   0    [ OPERATION CODE                 ]
   *   1    [ SERVICE ACTIONS LENGTH         ]
   *   2... [ SERVICE ACTION each            ]
   * </pre>
   *
   * @param serviceActions by operation code
   */
  record SupportedCommands(SortedMap<Integer, List<Integer>> serviceActions)
      implements CopyDescriptor {

    public SupportedCommands {
      serviceActions = new TreeMap<>(serviceActions);
    }

    @Override
    public int type() {
      return 0x0001;
    }

    @Override
    public byte[] body() {
      int length = serviceActions.values().stream().mapToInt(actions -> 2 + actions.size()).sum();
      byte[] body = new byte[1 + length];
      Field.bytes("COMMANDS SUPPORTED LIST LENGTH", 0, 1).put(body, length);
      int at = 1;
      for (Map.Entry<Integer, List<Integer>> entry : serviceActions.entrySet()) {
        body[at++] = entry.getKey().byteValue();
        body[at++] = (byte) entry.getValue().size();
        for (int action : entry.getValue()) {
          body[at++] = (byte) action;
        }
      }
      return body;
    }
  }

  /**
   * Type 0004h, Parameter Data, 32 bytes: how long the parameter list of EXTENDED COPY may be.
   *
   * <pre>
   *   8-9  [ MAXIMUM CSCD DESCRIPTOR COUNT    ]
   *  10-11 [ MAXIMUM SEGMENT DESCRIPTOR COUNT ]
   *  12-15 [ MAXIMUM DESCRIPTOR LIST LENGTH   ]   bytes, of both lists
   *  16-19 [ MAXIMUM INLINE DATA LENGTH       ]   bytes
   * </pre>
   */
  record ParameterData(
      int maximumCscdDescriptors,
      int maximumSegmentDescriptors,
      long maximumDescriptorListLength,
      long maximumInlineDataLength)
      implements CopyDescriptor {

    private static final int LENGTH = 28;

    @Override
    public int type() {
      return 0x0004;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[LENGTH];
      Field.bytes("MAXIMUM CSCD DESCRIPTOR COUNT", 4, 2).put(body, maximumCscdDescriptors);
      Field.bytes("MAXIMUM SEGMENT DESCRIPTOR COUNT", 6, 2).put(body, maximumSegmentDescriptors);
      Field.bytes("MAXIMUM DESCRIPTOR LIST LENGTH", 8, 4).put(body, maximumDescriptorListLength);
      Field.bytes("MAXIMUM INLINE DATA LENGTH", 12, 4).put(body, maximumInlineDataLength);
      return body;
    }
  }

  /**
   * Type 0008h, Supported Descriptors: the type codes of CSCD and segment descriptors that EXTENDED
   * COPY takes, behind the length of their list (byte 4).
   */
  record SupportedDescriptors(List<Integer> typeCodes) implements CopyDescriptor {

    public SupportedDescriptors {
      typeCodes = List.copyOf(typeCodes);
    }

    @Override
    public int type() {
      return 0x0008;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[1 + typeCodes.size()];
      body[0] = (byte) typeCodes.size();
      for (int i = 0; i < typeCodes.size(); i++) {
        body[1 + i] = typeCodes.get(i).byteValue();
      }
      return body;
    }
  }

  /**
   * Type 000Ch, Supported CSCD Descriptor IDs: the values above 07FFh that a segment descriptor may
   * name a copy source or copy destination by, two bytes each behind the length of their list
   * (bytes 4-5).
   */
  record SupportedCscdDescriptorIds(List<Integer> ids) implements CopyDescriptor {

    public SupportedCscdDescriptorIds {
      ids = List.copyOf(ids);
    }

    @Override
    public int type() {
      return 0x000c;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[2 + 2 * ids.size()];
      Field.bytes("SUPPORTED CSCD DESCRIPTOR IDS LIST LENGTH", 0, 2).put(body, 2L * ids.size());
      for (int i = 0; i < ids.size(); i++) {
        Field.bytes("CSCD DESCRIPTOR ID", 2 + 2 * i, 2).put(body, ids.get(i));
      }
      return body;
    }
  }

  /**
   * Type 0106h, ROD Token Features, with the features of block devices.
   *
   * <pre>
   *   4    [       | REMOTE TOKENS               ]   0: tokens of this copy manager only
   *  16-19 [ MINIMUM TOKEN LIFETIME              ]   seconds
   *  20-23 [ MAXIMUM TOKEN LIFETIME              ]   seconds
   *  24-27 [ MAXIMUM TOKEN INACTIVITY TIMEOUT    ]   seconds
   *  46-47 [ ROD DEVICE TYPE SPECIFIC FEATURES DESCRIPTORS LENGTH ]   48
   *  48    [ DESCRIPTOR FORMAT 0 | PERIPHERAL DEVICE TYPE 0       ]
   *  50-51 [ DESCRIPTOR LENGTH (44)              ]
   *  54-55 [ OPTIMAL BLOCK ROD LENGTH GRANULARITY ]  blocks
   *  56-63 [ MAXIMUM BYTES IN BLOCK ROD          ]
   *  64-71 [ OPTIMAL BYTES IN BLOCK ROD TRANSFER ]
   *  72-79 [ OPTIMAL BYTES TO TOKEN PER SEGMENT  ]
   *  80-87 [ OPTIMAL BYTES FROM TOKEN PER SEGMENT ]
   * </pre>
   */
  record RodTokenFeatures(
      long minimumTokenLifetime,
      long maximumTokenLifetime,
      long maximumTokenInactivityTimeout,
      long maximumBytesInBlockRod,
      long optimalBytesInBlockRodTransfer)
      implements CopyDescriptor {

    private static final int LENGTH = 44 + 48;

    @Override
    public int type() {
      return 0x0106;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[LENGTH];
      Field.bytes("MINIMUM TOKEN LIFETIME", 12, 4).put(body, minimumTokenLifetime);
      Field.bytes("MAXIMUM TOKEN LIFETIME", 16, 4).put(body, maximumTokenLifetime);
      Field.bytes("MAXIMUM TOKEN INACTIVITY TIMEOUT", 20, 4)
          .put(body, maximumTokenInactivityTimeout);
      Field.bytes("ROD DEVICE TYPE SPECIFIC FEATURES DESCRIPTORS LENGTH", 42, 2).put(body, 48);
      Field.bytes("DESCRIPTOR LENGTH", 46, 2).put(body, 44);
      Field.bytes("MAXIMUM BYTES IN BLOCK ROD", 52, 8).put(body, maximumBytesInBlockRod);
      for (int at : List.of(60, 68, 76)) {
        Field.bytes("OPTIMAL BYTES", at, 8).put(body, optimalBytesInBlockRodTransfer);
      }
      return body;
    }
  }

  /**
   * Type 0108h, Supported ROD Token and ROD Types: 64 bytes per type behind the length of their
   * list (bytes 6-7).
   *
   * <pre>
   *   0-3  [ ROD TYPE                                        ]
   *   4    [ECPY_INT]                  [TOKEN_IN] [TOKEN_OUT ]
   *   6-7  [ PREFERENCE INDICATOR                            ]
   * </pre>
   */
  record SupportedRodTypes(List<RodType> rodTypes) implements CopyDescriptor {

    /**
     * A type.
     *
     * @param in a token of it may be used
     * @param out a token of it may be made
     */
    public record RodType(long type, boolean in, boolean out) {}

    private static final int LENGTH = 64;

    public SupportedRodTypes {
      rodTypes = List.copyOf(rodTypes);
    }

    @Override
    public int type() {
      return 0x0108;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[4 + LENGTH * rodTypes.size()];
      Field.bytes("ROD TYPE DESCRIPTORS LENGTH", 2, 2).put(body, body.length - 4);
      for (int i = 0; i < rodTypes.size(); i++) {
        int at = 4 + LENGTH * i;
        RodType rodType = rodTypes.get(i);
        Field.bytes("ROD TYPE", at, 4).put(body, rodType.type());
        Field.bit("TOKEN_IN", at + 4, 1).put(body, rodType.in() ? 1 : 0);
        Field.bit("TOKEN_OUT", at + 4, 0).put(body, rodType.out() ? 1 : 0);
      }
      return body;
    }
  }

  /**
   * Type 8001h, General Copy Operations, 36 bytes.
   *
   * <pre>
   *   4-7  [ TOTAL CONCURRENT COPIES              ]
   *   8-11 [ MAXIMUM IDENTIFIED CONCURRENT COPIES ]
   *  12-15 [ MAXIMUM SEGMENT LENGTH               ]   bytes
   *  16    [ DATA SEGMENT GRANULARITY             ]   2 to this power of bytes
   *  17    [ INLINE DATA GRANULARITY              ]   2 to this power of bytes
   * </pre>
   */
  record GeneralCopyOperations(
      long totalConcurrentCopies,
      long maximumIdentifiedConcurrentCopies,
      long maximumSegmentLength,
      int dataSegmentGranularity)
      implements CopyDescriptor {

    private static final int LENGTH = 32;

    @Override
    public int type() {
      return 0x8001;
    }

    @Override
    public byte[] body() {
      byte[] body = new byte[LENGTH];
      Field.bytes("TOTAL CONCURRENT COPIES", 0, 4).put(body, totalConcurrentCopies);
      Field.bytes("MAXIMUM IDENTIFIED CONCURRENT COPIES", 4, 4)
          .put(body, maximumIdentifiedConcurrentCopies);
      Field.bytes("MAXIMUM SEGMENT LENGTH", 8, 4).put(body, maximumSegmentLength);
      Field.bytes("DATA SEGMENT GRANULARITY", 12, 1).put(body, dataSegmentGranularity);
      return body;
    }
  }
}
